// no-orphans
