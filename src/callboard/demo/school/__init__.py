"""A school that could be: people of many places, subjects, groups, and when they meet. Pure, and seeded."""
