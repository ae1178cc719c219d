namespace BuildData.Paths;

/// <summary>
/// Holds the values in the variable segments of a path, from left to right. The path <c>/builders/7/builds/3</c> has the values 7 and 3. A
/// path has at most four variable segments.
/// </summary>
internal struct VariableSegmentValues
{
    private SegmentValue _first;
    private SegmentValue _second;
    private SegmentValue _third;
    private SegmentValue _fourth;

    private int _count;

    /// <summary>Adds the number in the next variable segment.</summary>
    public void PushNumber(long number) => Push(new SegmentValue(number, null));

    /// <summary>Adds the name in the next variable segment.</summary>
    public void PushName(string name) => Push(new SegmentValue(0, name));

    /// <summary>Removes the value that was added last.</summary>
    public void Pop() => _count--;

    /// <summary>Returns the number in a variable segment. The first variable segment has the index 0.</summary>
    public readonly long Number(int index) => At(index).Number;

    /// <summary>Returns the name in a variable segment.</summary>
    public readonly string Name(int index) => At(index).Name!;

    /// <summary>Returns the name in a variable segment; null if the segment holds a number.</summary>
    public readonly string? NameOrNull(int index) => At(index).Name;

    private void Push(SegmentValue value)
    {
        switch (_count++)
        {
            case 0: _first = value; break;
            case 1: _second = value; break;
            case 2: _third = value; break;
            case 3: _fourth = value; break;
            default: throw new InvalidOperationException("An endpoint pattern has at most four variable segments.");
        }
    }

    private readonly SegmentValue At(int index) => index switch { 0 => _first, 1 => _second, 2 => _third, _ => _fourth };

    private readonly record struct SegmentValue(long Number, string? Name);
}
