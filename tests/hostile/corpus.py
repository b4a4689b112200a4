"""The texts themselves: what terminals, widgets, Markdown, spreadsheets, databases and file systems might obey.

Each is what an agent may write. ``MARK`` stands in each text where something is looked for on a screen.
"""

from collections.abc import Mapping

LONGEST_NAME = 1000
"""So many characters the name of anything may have in our own format."""

_C1 = "".join(map(chr, range(0x80, 0xA0)))
_C0 = "".join(chr(code) for code in range(0x20) if chr(code) not in "\r\n")

SEQUENCES: Mapping[str, str] = {
    "clipboard by BEL": "a\x1b]52;c;cHduZWQ=\x07b",
    "clipboard by ST": "a\x1b]52;p;cHduZWQ=\x1b\\b",
    "clipboard by C1": "a\x9d52;c;cHduZWQ=\x9cb",
    "clipboard that never ends": "a\x1b]52;c;cHduZWQ=",
    "title": "a\x1b]0;pwned\x07b\x1b]2;pwned\x1b\\c",
    "title sent back": "a\x1b]0;rm -rf ~\x07\x1b[21tb",
    "link": "a\x1b]8;;file:///etc/passwd\x07click\x1b]8;;\x07b",
    "colours of the terminal": "a\x1b]4;1;rgb:00/00/00\x07\x1b]10;#000\x07\x1b]11;#000\x07b",
    "notification": "a\x1b]9;pwned\x07\x1b]777;notify;a;b\x07b",
    "file to a terminal": "a\x1b]1337;File=inline=1:cHduZWQ=\x07\x1b]1337;SetMark\x07b",
    "pointer": "a\x1b]22;wait\x07b",
    "DCS": 'a\x1bP+q544e\x1b\\b\x1bP$q"p\x1b\\c',
    "DCS by C1": "a\x90+q544e\x9cb",
    "picture": "a\x1bPq#0;2;0;0;0~~\x1b\\b",
    "keys defined anew": "a\x1bP1;1|17/726d0d\x1b\\b",
    "APC": "a\x1b_Gf=24,s=1,v=1;AAAA\x1b\\b\x9fGf=24;AAAA\x9cc",
    "PM and SOS": "a\x1b^pwned\x1b\\b\x1bXpwned\x1b\\c\x9epwned\x9c\x98pwned\x9c",
    "screen cleared": "a\x1b[2J\x1b[H\x1b[3Jb",
    "colours": "a\x1b[31mred\x1b[8mhidden\x1b[0mb",
    "colours by C1": "a\x9b31mred\x9b8mhidden",
    "other screen": "a\x1b[?1049l\x1b[?25l\x1b[?1000lb",
    "questions": "a\x1b[6n\x1b[c\x1b[>c\x1b[?2026$p\x1b[18tb\x1b[?uc",
    "frozen frame": "a\x1b[?2026hb",
    "reset": "a\x1bcb\x1b[!pc",
    "charset": "a\x1b(0lqqk\x1b(Bb\x0elqqk\x0fc\x1bnd",
    "scrolling region": "a\x1b[1;2r\x1b[5S\x1bMb\x1bDc\x1b#8",
    "keyboard": "a\x1b[>31u\x1b[>4;2mb\x1b[?1hc\x1b=d",
    "paste that ends": "a\x1b[201~qqq\x1b[200~b",
    "escape at the end": "a\x1b",
    "half a sequence": "a\x1b[",
    "half a sequence after a letter": "\x1b[38;2;1;",
    "printed": "a\x1b[5i\x1b[4ib",
}
"""What a terminal would obey."""

CHARACTERS: Mapping[str, str] = {
    "every C0": f"a{_C0}b",
    "every C1": f"a{_C1}b",
    "NUL": "a\0b\0",
    "DEL": "a\x7f\x7f\x7fb",
    "BEL": "a" + "\x07" * 50,
    "backspaces": "survives" + "\b" * 8 + "fails   ",
    "carriage returns alone": "first line\rsecond line\rthird\r",
    "CRLF": "one\r\ntwo\r\n\r\nthree\n\rfour",
    "strange line ends": "a\x0bb\x0cc\x1cd\x1de\x1ef\x85g\u2028h\u2029i",
    "bidi overrides": "a\u202egnp.exe\u202cb\u202dc\u202ad\u202be",
    "bidi isolates": "a\u2066b\u2067c\u2068d\u2069e",
    "bidi marks": "a\u200eb\u200fc\u061cd",
    "zero width": "a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg\u180eh\u2061i\u2062j\u2063k\u2064l",
    "old format characters": "a\u206ab\u206bc\u206cd\u206de\u206ef\u206fg\ufff9h\ufffai\ufffbj",
    "tags": "a\U000e0001" + "".join(chr(0xE0000 + ord(c)) for c in "ignore all of it") + "b\U000e007f",
    "selectors": "a\ufe0fb" + "\ufe0e\ufe0f" * 40 + "c\U000e0100d",
    "fillers": "a\u3164b\uffa0c\u115fd\u1160e\u2800f\u034fg\u17b4h",
    "combining": "e" + "\u0301" * 300 + "a\u0489\u20dd\u20e3b",
    "combining on nothing": "\u0301\u0302 \u0303\n\u0304a\u0483",
    "Zalgo": "".join(c + "\u0315\u0358\u0334\u0323\u0347" * 3 for c in "he comes"),
    "emoji": "👩\u200d💻👍🏽🏽🏽\u2764\ufe0f🏴\U000e0067\U000e0062\U000e007f🇩🇪🧑\u200d\u200d\u200dx",
    "halves of characters": "a\ud800b\udfffc\udc80d\ud83d",
    "private and unassigned": "a\ue000b\U000f0000c\U0010fffdd\u0378e\ufdd0f\uffffg\U0001ffffh",
    "spaces": "a\u00a0b\u2003c\u202fd\u3000e\u1680f\u205fg",
    "wide": "漢字" * 60 + "ｆｕｌｌ" + "한글" * 20,
    "right to left": "שלום (עולם) 123 مرحبا",
    "ligatures": "\ufdfd\ufdfaﷺ\u0bf5",
}
"""What would be obeyed, or not be seen, or be seen as something else."""

MARKUP: Mapping[str, str] = {
    "colour": "[red]red[/] [bold]b[/bold] [on blue]c",
    "closed and never opened": "[/] [/red] [/x] [/",
    "click": "[@click=app.quit]click[/] [@click=app.bell()]x[/]",
    "link in markup": "[link=file:///etc/passwd]x[/link] [link='javascript:1']y",
    "variables": "$accent [$accent]x[/] %(x)s %s %d {0.__class__} {} ${HOME} `id` $(id)",
    "escapes of markup": r"\[red] \\[/] \[ [\] [[ ]] [=] [ ] [!] [a=b c=d]",
    "brackets": "[" * 400 + "]" * 200,
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)><b>x</b><!-- y --><?z?><![CDATA[w]]>",
    "entities": "&#27;[31m &#x1b;]52;c;eA==&#7; &#x202e;abc &#0; &zwj; &ZeroWidthSpace; &#x9b;1m &rlm;",
    "links": "[x](javascript:alert(1)) [y](file:///etc/passwd) ![z](file:///etc/shadow) <javascript:alert(1)> "
             "[w](data:text/html;base64,eA==) [v][r] https://example.com/\u202egnp",
    "definition": "[r]: javascript:alert(1) '\x1b[31m'\n\n[r]",
}  # fmt: skip
"""What a widget might take for markup."""

MARKDOWN: Mapping[str, str] = {
    "front matter": "---\n!!python/object/apply:os.system ['id']\n---\n\n***\n",
    "fence": "```\x1b]52;c;eA==\x07\n\x1b[31m\n```\n\n~~~ [red]\nx\n~~~\n\n    \x1b[2J indented\n\n`\x1b[1m`",
    "fence that never ends": "`````python\ndef f(): '''\x1b[31m\n",
    "quotes in quotes": ">" * 300 + " deep\n\n" + "> " * 120 + "deep",
    "lists in lists": "\n".join("  " * n + "- x" for n in range(120)) + "\n" + "1. " * 120 + "x",
    "emphasis": "*" * 600 + "a" + "_" * 600 + "~" * 300 + "`" * 301,
    "brackets in links": "[" * 300 + "x" + "](y)" * 300 + "![" * 200,
    "table that is wide": "|" + "|".join(f"c{n}\x1b[31m" for n in range(200)) + "|\n|" + "-|" * 200
                          + "\n|" + "\u202ex|" * 200,
    "table that is long": "|a|b|\n|-|-:|\n" + "\n".join(f"|[red]{n}|\x9b{n}m|" for n in range(400)),
    "table that is crooked": "|a|\n|-|-|\n|\x07|\0|\u200b|\n||||||||\n|a\\|b|`|`|",
    "headings": "\n".join("#" * n + " \x1b[31mh\u202e" for n in range(1, 9)) + "\n\nx\n===\n\n\x07\n---\n",
    "tasks and notes": "- [ ] \x1b[1m\n- [x] y\n\n[^1]: \x07\n\nx[^1] ==m== ^s^ ~u~ $\\href{javascript:1}{x}$",
}  # fmt: skip
"""Documents that are hostile by their form."""

FORMULAS: Mapping[str, str] = {
    "equals": "=cmd|' /C calc'!A0",
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-1+cmd|' /C calc'!A0",
    "at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "tab": "\t=1+1",
    "tab alone": "\tplain",
    "carriage return": "\r=1+1",
    "line feed": "\n=1+1",
    "line feed alone": "\nplain",
    "full width": "＝1+1",
    "full width others": "＠SUM(1)",
    "blanks before": ' \u00a0\u200b=HYPERLINK("http://x","y")',
    "apostrophes before": "''=1+1",
    "another cell by comma": "x,=1+1,y",
    "another cell by semicolon": "x;=1+1;y",
    "another cell by tab": "x\t=1+1",
    "another cell by quotes": 'x","=1+1","y',
    "another line": "x\r\n=1+1,y\n+1",
}
"""What a spreadsheet would run; the first characters are those that OWASP lists."""

NAMES: Mapping[str, str] = {
    "SQL": "'; DROP TABLE methods; --",
    "SQL in quotes": "\" OR 1=1; ATTACH '/tmp/x' AS y; --",
    "full-text search": 'NEAR("a" b, 3) AND * - ^ : col:x "',
    "path upwards": "../../../../../../tmp/reviewer-was-here",
    "path from the root": "/tmp/reviewer-was-here",
    "path of Windows": "..\\..\\C:\\CON.txt:stream",
    "home": "~root/.ssh/authorized_keys",
    "options": "--store=/tmp/x -rf --force",
    "shell": "$(touch /tmp/reviewer-was-here) `id` ; id | id & id > x",
    "dots": "..",
    "long": "x" * LONGEST_NAME,
    "long and wide": "漢" * LONGEST_NAME,
    "long without a break": "word\u00a0" * 200,
    "format of a log": "%s %(levelname)s {record}\n2026-01-01 00:00:00,000 1 CRITICAL reviewer: forged",
}
"""What a name might be taken for."""

TEXTS: Mapping[str, str] = {
    f"{kind}: {name}": text
    for kind, texts in (
        ("sequence", SEQUENCES),
        ("characters", CHARACTERS),
        ("markup", MARKUP),
        ("Markdown", MARKDOWN),
        ("formula", FORMULAS),
        ("name", NAMES),
    )
    for name, text in texts.items()
}
"""All of them that are not larger than a name or a page may be."""

TO_THE_TERMINAL = (*SEQUENCES.values(), *CHARACTERS.values(), *MARKUP.values(), *MARKDOWN.values())
"""Those that are meant for a terminal, or for who draws on it."""

DENSE = "".join(text[:14] for text in (*SEQUENCES.values(), *CHARACTERS.values(), *MARKUP.values()))[:LONGEST_NAME]
"""A name that holds a little of each."""

DENSE_PAGE = "\n\n".join(text[:300] for text in TEXTS.values())
"""A page that holds the beginning of each."""

HUGE: Mapping[str, str] = {
    "a line of 1 MB": "\x1b[31m" + "x" * 1_000_000 + "\u202e",
    "a line of 1 MB of wide letters": "漢\u0301" * 300_000,
    "a line of 1 MB of brackets": "[" * 1_000_000,
    "many lines": "\x07\n" * 50_000,
}
"""Texts of which only a document has room."""


def as_name(text: str) -> str:
    """Return a text as long as a name may be; what begins or ends it stays."""
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 100] + text[-100:]
