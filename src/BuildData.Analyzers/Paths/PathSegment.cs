using System.Globalization;

namespace BuildData.Analyzers.Paths;

/// <summary>
/// Represents a segment of a path in source code. It can have holes, which get values at run time. The methods
/// that begin with <c>CanBe</c> return whether some values of the holes make the statement true.
/// </summary>
internal sealed class PathSegment
{
    // The library's limit of names of steps and workers, in code points.
    private const int MaxIdentifierLength = 50;

    // Decoded text, or null for a hole.
    private readonly List<string?> _pieces = [];

    private bool _hasNumber;
    private bool _hasOtherHole;

    /// <summary>Gets the segment as it is shown in messages.</summary>
    public string Display { get; private set; } = "";

    /// <summary>Gets whether the segment has no text and no hole.</summary>
    public bool IsEmpty => _pieces.Count == 0;

    /// <summary>Gets whether the segment is one hole.</summary>
    public bool IsHole => _pieces.Count == 1 && _pieces[0] is null;

    /// <summary>Gets whether the segment has no hole.</summary>
    public bool IsText => !_hasNumber && !_hasOtherHole;

    /// <summary>Gets whether all holes are numbers.</summary>
    public bool HasOnlyNumbers => !_hasOtherHole;

    /// <summary>Gets the decoded text outside holes.</summary>
    public string Text => string.Concat(_pieces);

    public void AddText(string decoded, string display)
    {
        if (decoded.Length > 0)
            _pieces.Add(decoded);
        Display += display;
    }

    public void AddHole(bool isNumber, string display)
    {
        _pieces.Add(null);
        _hasNumber |= isNumber;
        _hasOtherHole |= !isNumber;
        Display += display;
    }

    /// <summary>Returns whether the segment can be a word of a pattern.</summary>
    public bool CanBeWord(string word)
    {
        if (IsText)
            return Text == word;
        if (_hasNumber && !word.Any(IsDigit))
            return false;

        string start = _pieces[0] ?? "";
        string end = _pieces[_pieces.Count - 1] ?? "";
        return Text.Length <= word.Length && word.StartsWith(start, StringComparison.Ordinal) && word.EndsWith(end, StringComparison.Ordinal);
    }

    /// <summary>Returns whether the segment can be a whole number that is less than 2<sup>63</sup>.</summary>
    public bool CanBeNumber() => Text.All(IsDigit) && (!IsText || FitsIn63Bits);

    /// <summary>Returns whether the segment can be a number or a name.</summary>
    public bool CanBeNumberOrName() => !IsText || (!IsEmpty && (!Text.All(IsDigit) || FitsIn63Bits));

    /// <summary>Returns whether the segment can be the name of a step or a worker.</summary>
    public bool CanBeIdentifier()
    {
        string text = Text;
        return !IsEmpty
            && text.All(CanContinueIdentifier)
            && (_pieces[0] is not { } start || CanStartIdentifier(start[0]))
            && text.Count(c => !char.IsLowSurrogate(c)) <= MaxIdentifierLength;
    }

    private bool FitsIn63Bits => long.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static bool IsDigit(char c) => c is >= '0' and <= '9';

    private static bool CanStartIdentifier(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_' or '-' or >= '\u00A0';

    private static bool CanContinueIdentifier(char c) => CanStartIdentifier(c) || IsDigit(c) || c == '.';
}
