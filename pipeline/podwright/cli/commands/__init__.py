"""The commands, a file each: its name is the command's, its docstring the command's help, its function runs it."""
