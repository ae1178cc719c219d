using System.Text.Json;

namespace BuildData.AspNetCore.Answers;

/// <summary>Makes the answers of collections that are not in the store: <c>{"changes":[],"meta":{"total":0}}</c>.</summary>
internal static class CollectionAnswer
{
    /// <summary>Returns the answer of an empty collection.</summary>
    public static byte[] Empty(string pluralName) => Of<object>(pluralName, [], static (_, _) => { });

    /// <summary>Returns the answer of a collection.</summary>
    /// <param name="pluralName">The name of the array.</param>
    /// <param name="items">The items.</param>
    /// <param name="writeItem">Writes an item.</param>
    public static byte[] Of<T>(string pluralName, IEnumerable<T> items, Action<Utf8JsonWriter, T> writeItem) => WriteObject(writer =>
    {
        int total = 0;
        writer.WriteStartArray(pluralName);
        foreach (T item in items)
        {
            writeItem(writer, item);
            total++;
        }

        writer.WriteEndArray();
        WriteTotal(writer, total);
    });

    /// <summary>Returns a JSON object.</summary>
    /// <param name="write">Writes what is in the object.</param>
    public static byte[] WriteObject(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, ApiJson.Options))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    public static void WriteTotal(Utf8JsonWriter writer, int total)
    {
        writer.WriteStartObject("meta");
        writer.WriteNumber("total", total);
        writer.WriteEndObject();
    }
}
