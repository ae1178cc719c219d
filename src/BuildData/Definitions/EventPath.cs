using System.Globalization;

namespace BuildData.Definitions;

/// <summary>
/// Represents the path of an event, such as <c>/builds/5/steps/9</c>. A path has one to three pairs of a word and an id. The id of the last
/// pair can be absent, or a name can take its place, as in <c>/steps/9/logs/stdio</c>.
/// </summary>
internal readonly record struct EventPath
{
    private const long NoId = -1;

    public EventPath(string word, long id)
        : this(word, id, null, NoId, null, NoId)
    {
    }

    public EventPath(string word, long id, string word2, long id2 = NoId)
        : this(word, id, word2, id2, null, NoId)
    {
    }

    public EventPath(string word, long id, string? word2, long id2, string? word3, long id3)
    {
        (Word, Id) = (word, id);
        (Word2, Id2) = (word2, id2);
        (Word3, Id3) = (word3, id3);
    }

    public EventPath(string word, long id, string word2, string name2)
        : this(word, id, word2, NoId, name2, NoId)
    {
    }

    private string Word { get; }

    private long Id { get; }

    private string? Word2 { get; }

    private long Id2 { get; }

    private string? Word3 { get; }

    private long Id3 { get; }

    /// <summary>Gets the number of segments.</summary>
    public int Length => Count(Word, Id) + Count(Word2, Id2) + Count(Word3, Id3);

    /// <summary>Gets a segment of the path. If the segment is a word or a name, <c>Id</c> is -1. If the segment is an id, <c>Word</c> is null.</summary>
    public (string? Word, long Id) this[int segment]
    {
        get
        {
            (string? word, long id) = (segment / 2) switch { 0 => (Word, Id), 1 => (Word2, Id2), _ => (Word3, Id3) };
            if (segment % 2 == 0)
                return (word, NoId);
            return segment == 3 && Id2 == NoId ? (Word3, NoId) : (null, id);
        }
    }

    public override string ToString()
    {
        string text = Pair(Word, Id);
        if (Word2 is not null)
            text += Pair(Word2, Id2);
        return Word3 is null ? text : text + Pair(Uri.EscapeDataString(Word3), Id3);
    }

    private static int Count(string? word, long id) => word is null ? 0 : id == NoId ? 1 : 2;

    private static string Pair(string word, long id) =>
        id == NoId ? "/" + word : string.Create(CultureInfo.InvariantCulture, $"/{word}/{id}");
}
