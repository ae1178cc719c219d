using System.Text.Json;
using BuildData.Resources;

namespace BuildData.Torture.Upgrade.Examination;

/// <summary>Writes resources with all that is compared.</summary>
internal static class ResourceText
{
    /// <summary>Returns the text of a resource, with its properties, and with times in microseconds.</summary>
    public static string Of(object? resource) => resource is null ? "nothing" : JsonSerializer.Serialize(resource, resource.GetType(), KeptEventJsonOptions.Instance);
}
