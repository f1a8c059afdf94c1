def novelty(item, vector, near, story):
    return 1.0
