using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using BuildData.Values;

namespace BuildData.Resources.BuildRequests;

/// <summary>
/// Makes the text that build requests of one builder must share for a new one to replace the older ones. It stands for all that
/// a <see cref="CollapsePolicy"/> compares, so that one look into an index finds them, however many requests wait.
/// </summary>
internal static class CollapseKey
{
    /// <summary>Whether a buildset's requests can have a key, whatever they build.</summary>
    public static bool MayHaveOne(CollapsePolicy policy, bool waitedFor) =>
        policy == CollapsePolicy.AsReference || (policy == CollapsePolicy.WhenSame && !waitedFor);

    /// <summary>Returns the key of a buildset's requests; null if they replace none and none replaces them.</summary>
    public static string? Of(CollapsePolicy policy, IReadOnlyList<SourceStamp> sourceStamps, PropertyMap properties, bool waitedFor)
    {
        // Without a source stamp nothing tells what would be built. With a patch, each is a try of its own.
        if (sourceStamps.Count == 0 || sourceStamps.Any(stamp => stamp.Patch is not null))
            return null;

        string stamps = string.Join(',', sourceStamps.Select(stamp => stamp.SourceStampId.ToString(CultureInfo.InvariantCulture)));
        return policy switch
        {
            CollapsePolicy.WhenSame when !waitedFor => $"same:{stamps}:{Hash(properties)}",
            CollapsePolicy.AsReference => $"reference:{stamps}:{Hash(properties.Where(IsCompared))}",
            _ => null,
        };
    }

    private static bool IsCompared(KeyValuePair<string, Property> property) =>
        property.Value.Source == "Scheduler" && property.Key != "scheduler";

    private static string Hash(IEnumerable<KeyValuePair<string, Property>> properties)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach ((string name, Property property) in properties.OrderBy(property => property.Key, StringComparer.Ordinal))
            {
                writer.WriteStringValue(name);
                writer.WriteStringValue(property.Source);
                CanonicalJson.Write(writer, property.Value);
            }

            writer.WriteEndArray();
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }
}
