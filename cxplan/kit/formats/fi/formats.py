"""Finnish with "klo" before a time of day: "1.11" alone could as well be a date."""

TIME_FORMAT = r"\k\l\o G.i"
DATETIME_FORMAT = r"j. E Y \k\l\o G.i"
SHORT_DATETIME_FORMAT = r"j.n.Y \k\l\o G.i"
#: When something ends: "päättyy torstaina 26. marraskuuta klo 16.00".
DEADLINE_FORMAT = r"l\n\a j. E \k\l\o G.i"
