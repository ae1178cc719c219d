using System.Text;
using BuildData.Resources.Logs.Writing;

namespace BuildData.Tests;

/// <summary>Lines that are too long for readers cut a log that has no limit.</summary>
internal sealed class LineBufferTests
{
    [Test]
    public void Add_LineIsLongerThanReadersCanHold_CutsTheLogAndKeepsNoPartOfIt()
    {
        var buffer = new LineBuffer(maxSize: null, markerLetter: null);
        var line = new PartialLine(letter: null);
        byte[] piece = new byte[LineBuffer.MaxLineLength / 16];

        buffer.Add(line, "first\n"u8);
        for (int i = 0; i < 16; i++)
            buffer.Add(line, piece);
        buffer.EndLine(line);

        Encoding.UTF8.GetString(buffer.Take(new()).WrittenSpan).Should().Be("first\n[The log was cut here: the next line has more than 134217728 bytes.]\n");
        (line.Length, buffer.DroppedLines, buffer.DroppedBytes).Should().Be((0, 1, LineBuffer.MaxLineLength));
    }
}
