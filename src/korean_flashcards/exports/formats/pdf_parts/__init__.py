"""Lay out the pages of the PDF files: fonts, lines, study sheets, and cards to cut out."""
