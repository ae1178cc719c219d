using System.Text.Json;

namespace BuildData.Values;

/// <summary>Compares JSON values.</summary>
internal static class JsonEquality
{
    /// <summary>Returns whether two values are equal. The numbers <c>1.0</c> and <c>1.00</c> are equal.</summary>
    public static bool AreEqual(JsonElement one, JsonElement other)
    {
        try
        {
            return JsonElement.DeepEquals(one, other);
        }
        catch (ArgumentOutOfRangeException)
        {
            // DeepEquals supports no exponent outside the range of an int, but JSON has no limit.
            return CanonicalJson.ToText(one) == CanonicalJson.ToText(other);
        }
    }
}
