"""Regular expressions in RE2's syntax: read strictly, and told in forms that other programs take.

What RE2 refuses is refused here, and so is what its versions do not agree on. What is accepted means what it means to
RE2: `.` is no newline, `\\d` and `\\w` are ASCII, and the whole string is matched.
"""
