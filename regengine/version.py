"""The version of the engine; the law has its own."""

VERSION = "0.1.0"
