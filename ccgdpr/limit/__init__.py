"""The house served with one view more: the least that the framework can do, as a limit."""
