"""Home: what this is, a network that has just read a sentence, and the map of the course."""

from rnnviz.lesson import home

home.go_on_with_an_old_link()
home.welcome(
    "rnnviz",
    "Watch a **recurrent network** think: every colour and every number here is from a real forward or backward pass, "
    "and you can play it, point at it and change it. Begin with the first lesson, or open the one that your class is at.",
)
player, course = home.columns()
with player:
    home.live_player()
with course:
    home.course_map()
