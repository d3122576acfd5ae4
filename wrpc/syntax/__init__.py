"""Text into a tree with exact spans, and a tree back into canonical text."""
