"""Screens over the triage screen: each is given frozen data and a keymap, and answers by dismissing itself."""
