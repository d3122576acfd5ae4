"""The codes of syntax, each with the page that `wrpc rule` shows. WRP050 to WRP059 belong to YAML."""

from __future__ import annotations

from wrpc.diagnostics import Code

# fmt: off
UNEXPECTED_TEXT = Code("WRP001", "unexpected-text", "error", """\
A word or sign that is not allowed here.

The message names what was found and what was expected. Reading continues after it, so one run also shows what is wrong
with the other declarations.

Bad:

    pool small {}
    route short { to small  when }
    #                            ^ WRP001 expected an expression, found `}`

Good:

    signal brief: bool { source keywords("briefly") }
    pool small {}
    route short { to small  when brief }

How to repair: write what is expected. To use a word of the language as a name, put it in backticks.
""")

UNCLOSED_TEXT = Code("WRP002", "unclosed-text", "error", """\
A string, or a name in backticks, that does not end on its line.

After a missing quote, the rest of the line is read as part of the string. A string ends on the line it begins on; a
line break inside it is written `\\n`.

Bad:

    pool small {
      provider "openai
    #          ^^^^^^^ WRP002
      region "eu"
    }

Good:

    pool small {
      provider "openai"
      region "eu"
    }

How to repair: close the quotes or the backticks. A quote inside a string is written `\\"`.
""")

UNCLOSED_BRACKET = Code("WRP003", "unclosed-bracket", "error", """\
A bracket that is not closed, or closed by another kind, or that closes nothing.

After a missing brace, everything would belong to the wrong block. The finding points to where the bracket should be,
and names the one that is still open.

Bad:

    signal tokens: int(0..1M) { source prompt_tokens }
    pool small {}
    route short {
      when tokens in [1, 2
    #                     ^ WRP003 expected `]`
      to small
    }
    guard on {
      deny "no" when (tokens > 3}
    #                           ^ WRP003 expected `)`

Good:

    signal tokens: int(0..1M) { source prompt_tokens }
    pool small {}
    route short {
      when tokens in [1, 2]
      to small
    }
    guard on {
      deny "no" when (tokens > 3)
    }

How to repair: close the bracket that the finding names as open.
""")

DEEP_NESTING = Code("WRP004", "deep-nesting", "error", f"""\
Brackets or operators nested more than 100 levels deep.

Nesting this deep almost always comes from a program that generates policies. Chains of `and`, `or` and `+` do not nest
and can be of any length.

Bad:

    let deep = {'(' * 101}1{')' * 101}
    #          {' ' * 100}^ WRP004

Good:

    let deep = (((1)))

How to repair: give an inner part a name of its own with `let`.
""")

NOT_UTF8 = Code("WRP005", "not-utf8", "error", """\
A file that is not UTF-8 text.

Policies are text in UTF-8, with or without a byte order mark, with line breaks of either kind. Guessing another
encoding could change a name without notice.

Bad: a file saved as UTF-16 or Latin-1, or a binary file.

Good: the same text saved as UTF-8.

How to repair: save the file as UTF-8, or name the file that was meant.
""")

EMPTY_FILE = Code("WRP006", "empty-file", "error", """\
A file with nothing in it.

An empty policy would pass every check. Most often the file was cut off while it was written.

Bad: a file of no bytes, or of spaces and line breaks alone.

Good: a file with at least one declaration or comment.

How to repair: `wrpc init` writes a first policy.
""")

LARGE_FILE = Code("WRP007", "large-file", "error", """\
A file of more than 4 MiB.

That is more than ten thousand routes, and nearly always a file of another kind.

Bad: a log of 10 MB given as a policy.

Good: a policy in parts, each with an `import` in the main file.

How to repair: split the file, or name the one that was meant.
""")

UNREADABLE_FILE = Code("WRP008", "unreadable-file", "error", """\
A file that does not exist or cannot be read.

Without the file there is nothing to check.

Bad: a misspelt path, a folder in place of a file, a file without permission to read it.

Good: the path of a file.

How to repair: correct the path; the help lists files with similar names in the same folder.
""")

UNKNOWN_KEYWORD = Code("WRP009", "unknown-keyword", "error", """\
A declaration or clause that begins with an unknown word.

The help lists the nearest words of the language. If one is close enough, the rest is read as if you had written it.

Bad:

    pool small {}
    rout short { to small }  # WRP009
    signal tokens: int(0..1M) { source prompt_tokens }
    route long {
      whn tokens > 3
    # ^^^ WRP009 no clause `whn`
      to small
    }

Good:

    pool small {}
    route short { to small }
    signal tokens: int(0..1M) { source prompt_tokens }
    route long {
      when tokens > 3
      to small
    }

How to repair: correct the spelling.
""")

UNQUOTED_TEXT = Code("WRP010", "unquoted-text", "error", """\
A bare name where a string belongs.

Text in double quotes is always a string, and a bare word is always a name, whatever else is declared.

Bad:

    guard on { deny blocked }
    #               ^^^^^^^ WRP010

Good:

    guard on { deny "blocked" }

How to repair: put the string in double quotes.
""")

QUOTED_NAME = Code("WRP011", "quoted-name", "error", """\
A string in quotes where a name belongs.

Text in double quotes is never a name. A name with anything other than letters, digits and `_` goes in backticks.

Bad:

    pool "small" {}
    #    ^^^^^^^ WRP011
    default { to "cloud/large" }
    #            ^^^^^^^^^^^^^ WRP011

Good:

    pool small {}
    default { to small }

How to repair: leave out the quotes, or use backticks in their place.
""")

LONG_NUMBER = Code("WRP012", "long-number", "error", """\
A number of more than 60 digits.

Arithmetic is exact, so that every digit would be carried through every proof. No quantity of a deployment needs that
many.

Bad:

    let far = 1e99
    #         ^^^^ WRP012

Good:

    let far = 1e12

How to repair: write a realistic number.
""")

UNKNOWN_ESCAPE = Code("WRP013", "unknown-escape", "error", """\
A backslash in a string before a letter that has no meaning there.

`\\\\`, `\\"`, `\\n`, `\\t`, `\\r` and `\\u00e9` are known. A pattern needs its backslashes twice: an unknown escape
that was passed on or dropped would change the pattern without notice.

Bad:

    signal number: bool { source pattern("\\d+") }
    #                                     ^^ WRP013

Good:

    signal number: bool { source pattern("\\\\d+") }

How to repair: write the backslash twice; the fix does.
""")

FOREIGN_SIGN = Code("WRP014", "foreign-sign", "error", """\
A sign from another language that is written differently here.

`and`, `or` and `not` are words, `==` compares, strings need double quotes, a comment begins with `#`, and there is no
`:` or `=` between a name and its value.

Bad:

    signal a: bool { source has_tools }
    signal b: bool { source has_tools }
    let both = a && b
    #            ^^ WRP014
    pool small { provider: "openai" }
    #                    ^ WRP014

Good:

    signal a: bool { source has_tools }
    signal b: bool { source has_tools }
    let both = a and b
    pool small { provider "openai" }

How to repair: write what the help says; most of these have a fix.
""")

MANY_ERRORS = Code("WRP015", "many-errors", "info", """\
The rest of a file is not read after 50 syntax findings.

So many usually have one cause, or the file is not a policy at all.

Bad: a file of another language.

Good: a file with fewer faults.

How to repair: repair the first findings, and run again.
""")
UNQUOTED_NAME = Code("WRP016", "unquoted-name", "error", """\
A name with a sign in it that is not in backticks.

A plain name has letters, digits and `_`. `a-b` would mean `a` minus `b`, and `a.b` a part of `a`. Any other name goes
in backticks, both where it is declared and where it is used.

Bad:

    pool azure-private {}
    #    ^^^^^^^^^^^^^ WRP016

Good:

    pool `azure-private` {}

How to repair: put the name in backticks; the fix does.
""")

LIST_COMMA = Code("WRP017", "list-comma", "error", """\
A comma that is missing between two members of a list, or that continues a list where its end was meant.

A comma after a pool continues the list of pools, also over the end of a line: the next word is read as one more pool.
After anything else a comma is optional.

Bad:

    pool a {}
    pool b {}
    route short {
      to a weight 30,
    #               ^ WRP017
      fallback b
    }
    place here { pools [a b] }
    #                     ^ WRP017

Good:

    pool a {}
    pool b {}
    route short {
      to a weight 30
      fallback b
    }
    place here { pools [a, b] }

How to repair: leave the comma out, or write it; the fix does.
""")

MISPLACED_CONDITION = Code("WRP018", "misplaced-condition", "error", """\
A condition that is written before its rule.

In a route, `when` is a clause of its own. In a guard and in an `assert` it belongs to one rule, and comes after it: a
guard may have several rules, each with its own condition.

Bad:

    signal pii: bool { source pattern("[0-9]{9}") }
    guard stays_home {
      when pii  forbid destination.trust == "cloud"
    # ^^^^ WRP018
    }

Good:

    signal pii: bool { source pattern("[0-9]{9}") }
    guard stays_home {
      forbid destination.trust == "cloud" when pii
    }

How to repair: write the condition behind the rule; the fix does.
""")

SPLIT_NUMBER = Code("WRP019", "split-number", "error", """\
A number that is written in several pieces: `100,000`, `30 s`, `20k per minute`.

A comma separates values, and a word after a space is the next attribute. A number is one word with its unit.

Bad:

    signal tokens: int(0..1M) { source prompt_tokens }
    pool a {}
    route long { when tokens > 100,000  to a  timeout 30 s }
    #                          ^^^^^^^ WRP019
    #                                                 ^^^^ WRP019

Good:

    signal tokens: int(0..1M) { source prompt_tokens }
    pool a {}
    route long { when tokens > 100k  to a  timeout 30s }

How to repair: write `100k` or `100_000`, `30s`, `20k/min`.
""")
# fmt: on

CODES = (
    UNEXPECTED_TEXT, UNCLOSED_TEXT, UNCLOSED_BRACKET, DEEP_NESTING, NOT_UTF8, EMPTY_FILE, LARGE_FILE, UNREADABLE_FILE,
    UNKNOWN_KEYWORD, UNQUOTED_TEXT, QUOTED_NAME, LONG_NUMBER, UNKNOWN_ESCAPE, FOREIGN_SIGN, MANY_ERRORS,
    UNQUOTED_NAME, LIST_COMMA, MISPLACED_CONDITION, SPLIT_NUMBER,
)  # fmt: skip
