using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace BuildData.AspNetCore.Answers;

/// <summary>Compares entity tags.</summary>
internal static class EntityTag
{
    /// <summary>Returns whether the header <c>If-None-Match</c> has a version.</summary>
    public static bool Matches(StringValues header, string version) =>
        header.Count > 0
        && EntityTagHeaderValue.TryParseList(header.ToArray()!, out IList<EntityTagHeaderValue>? tags)
        && tags.Any(tag => tag.Tag.Length == version.Length + 2 && tag.Tag.AsSpan(1, version.Length).SequenceEqual(version));
}
