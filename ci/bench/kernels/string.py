"""Strings: words that are cut, joined, replaced, compared and looked at character by character."""

TEXT = "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness. "


def shifted(text, by):
    letters = []
    for character in text:
        if "a" <= character <= "z":
            letters.append(chr((ord(character) - ord("a") + by) % 26 + ord("a")))
        elif character.isupper():
            letters.append(character.lower())
        else:
            letters.append(character)
    return "".join(letters)


def is_palindrome(text):
    i, j = 0, len(text) - 1
    while i < j:
        if text[i] != text[j]:
            return False
        i += 1
        j -= 1
    return True


def run():
    text = TEXT * 300
    for by in range(1, 6):
        text = shifted(text, by)
    words = [word.strip(",. ") for word in text.split()]
    lines = ["%s=%d" % (word, len(word)) for word in words]
    longest = ""
    for word in words:
        if word.startswith("h") and word + word[::-1] > longest:
            longest = word + word[::-1]
    mirrored = sum(1 for word in words if is_palindrome(word + word[::-1]))
    return text[:80], ";".join(lines).replace("=", ": ").count(": 3"), longest, mirrored
