using System.Text;

namespace BuildData.Torture.PowerCut.Recording;

/// <summary>Reads the file that <c>recorder.c</c> writes.</summary>
internal static class TraceReader
{
    /// <summary>Returns the records in the order in which the operations happened.</summary>
    public static List<TraceRecord> Read(string file)
    {
        using FileStream stream = File.OpenRead(file);
        using var reader = new BinaryReader(stream);
        var records = new List<TraceRecord>();
        while (stream.Position < stream.Length)
            records.Add(ReadRecord(reader));
        return records;
    }

    private static TraceRecord ReadRecord(BinaryReader reader)
    {
        var kind = (TraceKind)reader.ReadInt32();
        int file = reader.ReadInt32();
        long offset = reader.ReadInt64();
        long length = reader.ReadInt64();
        int pathLength = reader.ReadInt32();
        int otherLength = reader.ReadInt32();
        string path = Encoding.UTF8.GetString(reader.ReadBytes(pathLength));
        string other = Encoding.UTF8.GetString(reader.ReadBytes(otherLength));
        byte[] data = kind is TraceKind.Written or TraceKind.Mark ? reader.ReadBytes((int)length) : [];
        return new TraceRecord(kind, file, offset, length, path, other, data);
    }
}
