"""How much a file from elsewhere may cost. Beyond any of these it is refused, with the reason."""

from __future__ import annotations

from kb.validation import MAX_BYTES

MIB = 1024 * 1024

MAX_FILE = 50 * MIB
MAX_TEXT = 64 * MIB  # of all rows and pages of one file together
MAX_CELL = MAX_BYTES
MAX_TOGETHER = 2_000  # files sent at once, such as a folder's
MAX_ROWS = 50_000
MAX_COLUMNS = 256

MAX_MEMBERS = 10_000  # of an archive (XLSX and DOCX are archives too)
MAX_INFLATED = 256 * MIB
MAX_RATIO = 100  # inflated to packed, for archives of more than a few MiB
SMALL_ARCHIVE = 16 * MIB

MAX_IMAGES = 500

# What the reading process may use. Address space, not resident memory: that much a file of the
# largest size allowed needs.
SECONDS = 120
CPU_SECONDS = 90
MEMORY = 1536 * MIB
MAX_OUTPUT = 3 * MAX_TEXT  # JSON around the text, escapes
