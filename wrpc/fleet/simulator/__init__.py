"""A simulator of serving pools: what each request would wait, from arrival to its last token."""
