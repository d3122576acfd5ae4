"""What people write who know other languages, told as what it is and not as the token that fits nowhere after it.

`scene.py` is the text around a fault; each other module has rules of one kind, which `told.py` tries in order. A rule
looks at the words of the declaration, gives a finding, and knows how reading goes on; or it says nothing.
"""
