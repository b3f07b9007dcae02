"""The sections of the pages: a package for each page, a module for each section."""
