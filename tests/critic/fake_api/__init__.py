"""A fake of the Messages API on loopback: it answers the real SDK as the service does, or goes wrong as it may.

``server.FakeApi`` is the server, ``scenarios.Scenario`` names each way in which it may answer. A scenario is chosen by
the base URL (``api.url(Scenario.OVERLOADED)``) or, for the requests to come, one by one (``api.next``).
"""
