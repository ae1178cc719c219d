namespace BuildData.Paths;

/// <summary>Holds the values of the variable segments of a path, from left to right. A path has at most three variable segments.</summary>
internal struct PathCaptures
{
    private Capture _first;
    private Capture _second;
    private Capture _third;

    private int _count;

    /// <summary>Adds the value of the next variable segment.</summary>
    /// <param name="number">The number; 0 if the segment holds a name.</param>
    /// <param name="name">The name; null if the segment holds a number.</param>
    public void Push(long number, string? name)
    {
        var capture = new Capture(number, name);
        switch (_count++)
        {
            case 0: _first = capture; break;
            case 1: _second = capture; break;
            case 2: _third = capture; break;
            default: throw new InvalidOperationException("An endpoint pattern has at most three variable segments.");
        }
    }

    /// <summary>Removes the last value.</summary>
    public void Pop() => _count--;

    /// <summary>Returns the number in a variable segment.</summary>
    public readonly long Number(int index) => At(index).Number;

    /// <summary>Returns the name in a variable segment.</summary>
    public readonly string Name(int index) => At(index).Name!;

    /// <summary>Returns the name in a variable segment; null if the segment holds a number.</summary>
    public readonly string? NameOrNull(int index) => At(index).Name;

    private readonly Capture At(int index) => index switch { 0 => _first, 1 => _second, _ => _third };

    private readonly record struct Capture(long Number, string? Name);
}
