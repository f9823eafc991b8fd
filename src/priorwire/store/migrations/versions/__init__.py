"""One file a revision, named ``v{number}_{pre|post}_{what}``."""
