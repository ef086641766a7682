"""How big a thing is: the dimension statements of catalogues, read into metres.

    text ─► tokens ─► terms ─► runs, parts ─► units, twins ─► axes ─► the work itself
            tokens    terms    reader         fill            axes    work

`words` is the table of words by language, `result` what comes out. Statements are read by
`parse_dimensions`, numbers that a catalogue holds apart by `measured`; `settle` asks the photograph
where height and width may have changed places.
"""

from pipeline.dimensions.parse import parse_dimensions
from pipeline.dimensions.result import Dimensions, Measure, Part
from pipeline.dimensions.settle import settle
from pipeline.dimensions.structured import Row, measured, measured_rows

__all__ = [
    "Dimensions",
    "Measure",
    "Part",
    "Row",
    "measured",
    "measured_rows",
    "parse_dimensions",
    "settle",
]
