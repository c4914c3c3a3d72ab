using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Hosting;

/// <summary>Reads settings that are wanted before there are services.</summary>
public static class SettingsExtensions
{
    /// <summary>Reads a section and checks it by its annotations.</summary>
    /// <exception cref="OptionsValidationException">A setting is out of range; the message names it.</exception>
    /// <exception cref="InvalidOperationException">A setting cannot be read; the message names it.</exception>
    public static TOptions ReadSettings<TOptions>(this IConfiguration configuration, string section)
        where TOptions : class, new()
    {
        var options = new TOptions();
        configuration.GetSection(section).Bind(options);
        var failures = new List<ValidationResult>();
        if (Validator.TryValidateObject(options, new(options), failures, validateAllProperties: true))
            return options;
        throw new OptionsValidationException(section, typeof(TOptions), failures.Select(failure => failure.ErrorMessage!));
    }
}
