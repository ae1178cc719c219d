using Microsoft.Extensions.Options;

namespace BuildData.Hosting;

/// <summary>Checks the options of one master: once when the host starts, and once when the master is created.</summary>
/// <param name="name">The name of the options.</param>
internal sealed class BuildDataOptionsValidator(string name) : IValidateOptions<BuildDataOptions>
{
    public ValidateOptionsResult Validate(string? validatedName, BuildDataOptions options)
    {
        if (validatedName != name)
            return ValidateOptionsResult.Skip;

        try
        {
            options.Validate();
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException error)
        {
            return ValidateOptionsResult.Fail(error.Message);
        }
    }
}
