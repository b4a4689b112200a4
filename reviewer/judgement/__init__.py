"""What many judgements come to: agreement, scores of forecasts, aggregates of them, and which proposal is next.

Pure functions of what the store holds; nothing here reads a store or draws.
"""
