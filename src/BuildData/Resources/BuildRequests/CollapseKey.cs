using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using BuildData.Values;

namespace BuildData.Resources.BuildRequests;

/// <summary>
/// Computes the collapse key of a build request. Two requests of a builder with the same key would build the same thing, as the
/// <see cref="CollapsePolicy"/> defines it. A new request replaces the waiting requests with the same builder and key. An index on the
/// builder and the key finds these requests.
/// </summary>
internal static class CollapseKey
{
    /// <summary>
    /// Returns whether the requests of a buildset can have a collapse key. Even if the result is true, the requests have no key if the
    /// buildset has no source stamp, or has a source stamp with a patch.
    /// </summary>
    public static bool CanRequestsHaveKey(CollapsePolicy policy, bool waitedFor) =>
        policy == CollapsePolicy.AsReference || (policy == CollapsePolicy.WhenSame && !waitedFor);

    /// <summary>
    /// Returns the collapse key that all requests of a buildset share. Returns null if these requests replace no older request and no
    /// newer request can replace them.
    /// </summary>
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
