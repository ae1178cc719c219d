namespace BuildData.Paths;

/// <summary>Holds the values of the variable segments of a path, from left to right. At most three.</summary>
internal struct PathCaptures
{
    private Capture _first;
    private Capture _second;
    private Capture _third;

    private int _count;

    public void Push(long number, string? text)
    {
        var capture = new Capture(number, text);
        switch (_count++)
        {
            case 0: _first = capture; break;
            case 1: _second = capture; break;
            case 2: _third = capture; break;
            default: throw new InvalidOperationException("An endpoint pattern has at most three variable segments.");
        }
    }

    public void Pop() => _count--;

    public readonly long Number(int index) => At(index).Number;

    public readonly string Name(int index) => At(index).Text!;

    /// <summary>Returns the name of a segment that holds a number or a name; null if it holds a number.</summary>
    public readonly string? NameOrNull(int index) => At(index).Text;

    private readonly Capture At(int index) => index switch { 0 => _first, 1 => _second, _ => _third };

    private readonly record struct Capture(long Number, string? Text);
}
