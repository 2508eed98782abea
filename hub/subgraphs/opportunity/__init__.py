"""Where people and work meet: the events of the city (handbook 2.1, 2.2).

Who was met at an event is kept by the talent room; here an event counts those contacts, and says
nothing of any of them.
"""
