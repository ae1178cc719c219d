using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using BuildData.Values;

namespace BuildData.Resources.BuildRequests;

/// <summary>
/// Computes the collapse key of a build request: a text that contains everything that a <see cref="CollapsePolicy"/> compares. A new
/// request replaces waiting requests of the same builder with the same key. The key is an indexed column. Therefore one index lookup
/// finds these requests, however many requests wait.
/// </summary>
internal static class CollapseKey
{
    /// <summary>Returns whether a buildset's requests may have a key. Whether they do also depends on the source stamps.</summary>
    public static bool MayExist(CollapsePolicy policy, bool waitedFor) =>
        policy == CollapsePolicy.AsReference || (policy == CollapsePolicy.WhenSame && !waitedFor);

    /// <summary>Returns the key that all requests of a buildset have. Returns null if the requests do not replace others and can't be replaced.</summary>
    public static string? Compute(CollapsePolicy policy, IReadOnlyList<SourceStamp> sourceStamps, PropertyMap properties, bool waitedFor)
    {
        // Without a source stamp, the code to build is unknown. Each buildset with a patch is a separate attempt.
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
