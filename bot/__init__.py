"""The shell: everything that does I/O."""
