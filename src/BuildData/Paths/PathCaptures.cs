namespace BuildData.Paths;

/// <summary>What the variable segments of a path hold, from left to right.</summary>
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

    public readonly BuilderRef Builder(int index) => At(index) is { Text: { } name } ? name : At(index).Number;

    public readonly WorkerRef Worker(int index) => At(index) is { Text: { } name } ? name : At(index).Number;

    private readonly Capture At(int index) => index switch { 0 => _first, 1 => _second, _ => _third };

    private readonly record struct Capture(long Number, string? Text);
}
