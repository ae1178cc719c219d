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
    public static byte[] Of<T>(string pluralName, IEnumerable<T> items, Action<Utf8JsonWriter, T> writeItem) => ApiJson.CreateObject(writer =>
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

    public static void WriteTotal(Utf8JsonWriter writer, int total)
    {
        writer.WriteStartObject("meta");
        writer.WriteNumber("total", total);
        writer.WriteEndObject();
    }
}
