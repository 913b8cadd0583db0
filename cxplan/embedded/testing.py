"""`make test`: the whole suite on a throw-away stack, in a real browser too where there is one."""

import os
import shutil
import sys

from cxplan.embedded import throwaway
from cxplan.embedded.bootstrap import install_packages, say

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def find_browser() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def main(arguments: list[str]) -> int:
    browser = os.environ.get("CXPLAN_BROWSER") or find_browser()
    if browser is None and os.geteuid() == 0 and install_packages("chromium"):
        browser = find_browser()
    if browser:
        os.environ["CXPLAN_BROWSER"] = browser
    elif os.environ.get("CI") == "true":
        say("the browser tests need Chromium, and none is here: install the package chromium.")
        return 1
    return throwaway.main([sys.executable, "-m", "pytest", *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
