"""cpp-example/chat-server with people in two rooms: chat.py FOLDER"""

import sys

from talk import Program


def talk(ada, zoe, cy, person):
    zoe.expect("In garden: Ada, Zoë")
    cy.expect("In kitchen: Cy")

    # Everybody in the room hears it, nobody in the other.
    ada.say("Grüße 🐦")
    ada.expect("Ada: Grüße 🐦")
    zoe.expect("Ada: Grüße 🐦")
    cy.say("just me")
    cy.expect("Cy: just me")

    # What is wrong is told, and nothing happens but that.
    with person("Ada") as double:
        double.expect("The name Ada is taken.")
        double.ends(1)
    with person("A" * 25) as long:
        long.expect("Rooms and names have 1 to 24 characters, none of them a control "
                    "character.")
        long.ends(1)
    ada.say("a\x1b[2Jb")
    ada.expect("! A message has 1 to 1000 characters, none of them a control character.")
    ada.say("x" * 1001)
    ada.expect("! A message has 1 to 1000 characters, none of them a control character.")
    ada.say("y" * 1000)
    ada.expect("Ada: " + "y" * 1000)
    zoe.expect("Ada: " + "y" * 1000)

    # One moves to the other room.
    zoe.say("/join kitchen")
    ada.expect("Zoë has left")
    cy.expect("Zoë has come")
    zoe.expect("In kitchen: Cy, Zoë")
    zoe.say("tea?")
    zoe.expect("Zoë: tea?")
    cy.expect("Zoë: tea?")

    # One leaves as one should, another one is gone from one moment to the next.
    with person("Bob", "kitchen") as bob:
        bob.expect("In kitchen: Cy, Zoë, Bob")
        for one in (cy, zoe):
            one.expect("Bob has come")
        bob.ends(0)
    for one in (cy, zoe):
        one.expect("Bob has left")
    zoe.process.kill()
    cy.expect("Zoë has left")
    cy.say("quiet here")
    cy.expect("Cy: quiet here")
    ada.say("here too")
    ada.expect("Ada: here too")

    # A message larger than any text ends the connection, and the server goes on.
    cy.say("z" * 20000)
    assert cy.match(r"The server has closed: (1009) .*") == "1009"
    cy.ends(1)


folder = sys.argv[1] + "/cpp-example"
client = folder + "/chat-client/chat-client"

with Program(folder + "/chat-server/chat-server", "--port", "0") as server:
    url = server.match(r"Chat at (ws://127\.0\.0\.1:\d+)")

    def person(name, room="garden"):
        return Program(client, "--url", url, "--room", room, name)

    ada, zoe, cy = person("Ada"), person("Zoë"), person("Cy", "kitchen")
    with ada:
        ada.expect("In garden: Ada")
        with zoe, cy:
            ada.expect("Zoë has come")
            talk(ada, zoe, cy, person)
        ada.ends(0)
    assert server.process.poll() is None
with Program(client, "--url", "ws://127.0.0.1:1", "Ada") as lonely:
    lonely.match("(.*refused.*)")
    lonely.ends(1)
