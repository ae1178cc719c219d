using System.Security.Cryptography;
using System.Text;

namespace BuildData.Resources.Workers;

/// <summary>Checks the names of workers, and makes names from titles.</summary>
internal static class WorkerNames
{
    // The suffix of a name that was made from a title is "_" and these digits of the title's hash.
    private const int HashDigits = 8;

    /// <summary>Checks that an argument is the name of a worker: an identifier without dots.</summary>
    /// <exception cref="ArgumentException">The text is not such a name.</exception>
    public static void Check(string name, string parameter)
    {
        Identifier.Check(name, parameter);
        if (name.Contains('.', StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"'{name}' has a dot, so it can't be the name of a worker. A similar name is '{WithoutDots(name)}'. {nameof(Updates.EnsureWorkerFromTitle)} takes any text.",
                parameter);
        }
    }

    /// <summary>
    /// Converts the title of a worker to the worker's name. If the title is a valid name, returns the title. Otherwise returns a similar
    /// name that ends with a part of the title's hash, so that different titles have different names.
    /// </summary>
    public static string FromTitle(string title)
    {
        // A title that looks like such a name gets a hash too. Otherwise it would be the worker of the title from which the name was made.
        if (Identifier.IsValid(title) && !title.Contains('.', StringComparison.Ordinal) && !EndsWithHash(title))
            return title;

        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(title)))[..HashDigits];
        return $"{WithoutDots(Identifier.Coerce(title, Identifier.MaxLength - HashDigits - 1))}_{hash}";
    }

    private static string WithoutDots(string name) => name.Replace('.', '_');

    private static bool EndsWithHash(string name) =>
        name.Length > HashDigits
        && name[^(HashDigits + 1)] == '_'
        && name.Skip(name.Length - HashDigits).All(char.IsAsciiHexDigitLower);
}
