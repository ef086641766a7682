"""The stages, one plain function per file: what goes in, what comes out, typed knobs."""
