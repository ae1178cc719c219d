namespace BuildData.Torture.PowerCut.Disk;

/// <summary>The content of a file. New space is zero.</summary>
internal sealed class GrowingBytes
{
    private byte[] _bytes = [];

    public GrowingBytes()
    {
    }

    private GrowingBytes(GrowingBytes other)
    {
        _bytes = other.Content.ToArray();
        Length = other.Length;
    }

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Content => _bytes.AsSpan(0, Length);

    public GrowingBytes Copy() => new(this);

    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        int end = checked((int)offset + data.Length);
        if (end > Length)
            SetLength(end);
        data.CopyTo(_bytes.AsSpan((int)offset));
    }

    public void SetLength(long length)
    {
        int next = checked((int)length);
        if (next > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(next, _bytes.Length * 2));
        if (next < Length)
            _bytes.AsSpan(next, Length - next).Clear();
        Length = next;
    }
}
