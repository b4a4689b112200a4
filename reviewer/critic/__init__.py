"""Claude as a second reader, after one's own judgement: prompt, answer, client, spending."""
