"""The pictures of a plan as SVG, the same on the page and on paper.

Pure functions: data in, SVG out; no clock, no files, no translation (words come with the data), and no
knowledge of the domain. A picture with nothing to show is None. The title is a sentence that says what
the picture shows and becomes its alternative text; under each picture stands its table or list, which
also holds the links.

The marks, everywhere: ✕ never, ✓ always, △ gap, ★ sweet spot, ▮ metric; ● done, ◐ under way, ○ planned.
"""

from cxplan.kit.charts.dumbbells import Dumbbells, Group, Span, dumbbells, narrow_dumbbells, split_dumbbells
from cxplan.kit.charts.effort import Chip, Effort, effort
from cxplan.kit.charts.journey import Journey, Stop, journey
from cxplan.kit.charts.matrix import Matrix, Spot, sweet_spots
from cxplan.kit.charts.series import Series, Wave, series
from cxplan.kit.charts.sheet import COLOURS, decimal
from cxplan.kit.charts.timeline import Bar, Due, Timeline, split_timeline, timeline
from cxplan.kit.charts.trace import Node, Trace, trace

__all__ = [
    "COLOURS",
    "Bar",
    "Chip",
    "Due",
    "Dumbbells",
    "Effort",
    "Group",
    "Journey",
    "Matrix",
    "Node",
    "Series",
    "Span",
    "Spot",
    "Stop",
    "Timeline",
    "Trace",
    "Wave",
    "decimal",
    "dumbbells",
    "effort",
    "journey",
    "narrow_dumbbells",
    "series",
    "split_dumbbells",
    "split_timeline",
    "sweet_spots",
    "timeline",
    "trace",
]
