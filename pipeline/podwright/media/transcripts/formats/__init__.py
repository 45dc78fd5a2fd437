"""The transcript formats, one a module, each with its `FORMAT`; a module that is put here is found by itself."""
