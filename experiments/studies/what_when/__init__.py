"""What comes, and when: a reservoir, rules that learn from its states online, and what they say."""
