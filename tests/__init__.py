"""A package by name: a dependency installs a package called ``tests`` too, and would be found first."""
