"""Tables as museums have them: CSV of any country, TSV, XLSX; row by row, whatever their size.

Knows encodings, separators, quotes, sheets and number formats. Knows nothing of catalogues: which
column means what is up to `pipeline.sources.mapping`. A row that cannot be read says so and the
next one follows; memory holds one row (of XLSX also the workbook's texts, which are stored apart).
The house format, small and strict, is read by `pipeline.csvfile`, cell by cell.
"""
