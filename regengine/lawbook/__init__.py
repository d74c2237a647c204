"""The law as pages to read: a page for each place, tables that compare them, a map.

Everything is built from rules/ and jurisdictions/ alone, as they stand on one day.
"""

from regengine.lawbook.book import write_pages

__all__ = ["write_pages"]
